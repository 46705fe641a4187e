/** A text of the file as code in Markdown: never markup, always one line. */
export function code(text: string): string {
  return `\`${text.replaceAll(/[`\u0000-\u001f\u2028\u2029]/gu, " ")}\``;
}

export function bold(markdown: string): string {
  return `**${markdown}**`;
}
