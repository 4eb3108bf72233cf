/** Splits a parameter's value at a character that no backslash stands before (search.html#escaping). */
export const splitUnescaped = (value: string, separator: string): readonly string[] => {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === '\\' && at + 1 < value.length) {
      part += character + value.charAt(at + 1);
      at += 1;
    } else if (character === separator) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
};

export const unescapeValue = (value: string): string => value.replace(/\\([\\,|$])/g, '$1');
