/** What Prefer (RFC 7240) may ask of this endpoint. What is unknown or malformed is a preference not taken up. */
export interface Preference {
  readonly return?: 'minimal' | 'representation' | 'OperationOutcome';
  readonly handling?: 'strict' | 'lenient';
}

const RETURNS: Readonly<Record<string, Preference['return'] & string>> = {
  minimal: 'minimal',
  representation: 'representation',
  operationoutcome: 'OperationOutcome',
};

const wordsOf = (header: string): ReadonlyMap<string, string> => {
  const words = new Map<string, string>();
  for (const part of header.split(/[,;]/)) {
    const [name = '', value = ''] = part.split('=').map((word) =>
      word
        .trim()
        .toLowerCase()
        .replace(/^"(.*)"$/, '$1'),
    );
    if (!words.has(name)) words.set(name, value);
  }
  return words;
};

/** FHIR R4 http.html#return, search.html#errors */
export const parsePrefer = (header: string | undefined): Preference => {
  if (header === undefined) return {};
  const words = wordsOf(header);
  const wanted = RETURNS[words.get('return') ?? ''];
  const handling = words.get('handling');
  return {
    ...(wanted === undefined ? {} : { return: wanted }),
    ...(handling === 'strict' || handling === 'lenient' ? { handling } : {}),
  };
};
