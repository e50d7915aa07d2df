import { type Assets, Document } from "./layout.js";

export function SignInPage({
  assets,
  then,
  fault,
}: {
  readonly assets: Assets;
  readonly then: string;
  readonly fault: string | undefined;
}) {
  return (
    <Document assets={assets} title="Sign in">
      <main class="sign-in" id="main">
        <h1>Sign in to cc-ingest</h1>
        <form method="post" action="/sign-in">
          <label>
            Token
            <textarea name="token" rows={6} required autocomplete="off" spellcheck={false}></textarea>
          </label>
          <p>
            A JWT of your ClusterCockpit with the role admin or support. It stays in this browser, where no
            script can read it.
          </p>
          {fault === undefined ? null : (
            <p class="problem" role="alert">
              {fault}
            </p>
          )}
          <input type="hidden" name="then" value={then} />
          <button>Sign in</button>
        </form>
      </main>
    </Document>
  );
}
