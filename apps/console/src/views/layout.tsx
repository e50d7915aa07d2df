import type { Child } from "hono/jsx";
import type { Viewer } from "../viewer.js";

export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** What every page shows around its content. */
export interface Frame {
  readonly assets: Assets;
  readonly viewer: Viewer;
  /** Path of the page. */
  readonly path: string;
}

const sections = [
  ["/nodes", "Nodes"],
  ["/jobs", "Jobs"],
  ["/pipeline", "Pipeline"],
  ["/dead-letters", "Dead letters"],
  ["/tail", "Live tail"],
  ["/find", "Find a job"],
] as const;

export function Page({
  frame,
  title,
  children,
}: {
  readonly frame: Frame;
  readonly title: string;
  readonly children?: Child;
}) {
  return (
    <Document assets={frame.assets} title={title}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <a class="brand" href="/">
          cc-ingest
        </a>
        <nav aria-label="Sections">
          {sections.map(([path, name]) => (
            <a href={path} aria-current={isWithin(frame.path, path) ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <span id="live-state" role="status"></span>
        <Account viewer={frame.viewer} />
      </header>
      <main id="main" tabindex={-1}>
        <h1>{title}</h1>
        {children}
      </main>
      <footer>All times are UTC.</footer>
    </Document>
  );
}

export function Document({
  assets,
  title,
  children,
}: {
  readonly assets: Assets;
  readonly title: string;
  readonly children?: Child;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} – cc-ingest`}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={`/assets/${assets.style}`} />
        <script type="module" src={`/assets/${assets.script}`}></script>
      </head>
      <body>{children}</body>
    </html>
  );
}

function Account({ viewer }: { readonly viewer: Viewer }) {
  const who = `${viewer.login ?? "no sign-in"}${viewer.mayWrite ? "" : ", read only"}`;
  if (viewer.login === undefined) return <span class="account">{who}</span>;
  return (
    <form class="account" method="post" action="/sign-out">
      <span>{who}</span>
      <input type="hidden" name="csrf" value={viewer.csrf} />
      <button>Sign out</button>
    </form>
  );
}

function isWithin(path: string, section: string): boolean {
  return path === section || path.startsWith(`${section}/`);
}
