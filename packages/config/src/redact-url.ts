const hidden = "***";
const secretParameter = /([?&](?:password|sslpassword|passfile|token|jwt|auth)=)[^&#,\s]*/gi;

/**
 * The same address with its password replaced by `***`, for logs and error messages. Takes one URL or several
 * with commas between, and also what is no valid URL: everything before the last `@` is then hidden.
 */
export function redactUrl(text: string): string {
  return splitAddresses(text).map(redactOne).join(",");
}

/** Only at commas that begin a further address, since a password may hold a comma. */
function splitAddresses(text: string): string[] {
  return text.split(/,(?=\s*[A-Za-z][A-Za-z0-9+.-]*:\/\/)/);
}

function redactOne(text: string): string {
  const at = text.lastIndexOf("@");
  const withoutParameters = (part: string): string => part.replace(secretParameter, `$1${hidden}`);
  if (at === -1) return withoutParameters(text);
  const [, scheme = "", credentials = ""] =
    /^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?)([\s\S]*)$/.exec(text.slice(0, at)) ?? [];
  const user = /^([A-Za-z0-9_.%-]+):/.exec(credentials)?.[1];
  // A login without ":" may be a token: nothing of it is shown.
  return `${scheme}${user === undefined ? hidden : `${user}:${hidden}`}${withoutParameters(text.slice(at))}`;
}
