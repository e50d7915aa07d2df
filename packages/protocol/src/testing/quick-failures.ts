import fc from "fast-check";

// Shrinking a failure takes longer than finding it, and nobody reads the example of a mutant.
fc.configureGlobal({ endOnFailure: true });
