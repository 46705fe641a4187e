/** The text that was run, at the end of the page; places of it are shown on demand. */
export function sourceOf(
  file: string,
  text: string,
): { readonly reveal: (start: number, end: number) => void } {
  const section = document.createElement("section");
  section.className = "source";
  section.setAttribute("aria-label", "The topology file of this run");
  const title = document.createElement("h2");
  title.textContent = file;
  const content = document.createElement("pre");
  content.tabIndex = 0;
  content.setAttribute("role", "group");
  content.setAttribute("aria-label", "Its text");
  content.textContent = text;
  section.append(title, content);
  document.body.append(section);
  return {
    reveal(start, end) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      content.replaceChildren(text.slice(0, start), mark, text.slice(end));
      mark.scrollIntoView({ block: "center" });
      content.focus({ preventScroll: true });
    },
  };
}
