/** Breaks a text into lines for a terminal; the first begins with `lead`, the others are indented as far. */
export const paragraph = (text: string, lead = '', columns = 80): string => {
  const indent = ' '.repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const started = line !== (lines.length === 0 ? lead : indent);
    if (started && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else line += started ? ` ${word}` : word;
  }
  return [...lines, line].join('\n');
};
