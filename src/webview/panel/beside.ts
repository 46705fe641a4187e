/** Where this script came from: what is loaded on demand lies beside it. */
const here = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

/** A bundle that most pages never need. */
export async function beside<Exports>(name: string): Promise<Exports> {
  return (await import(new URL(name, here).href)) as Exports;
}
