/** A FHIR message that answers another one, as its bytes: the same, but for what `response.identifier` names. */
export const uncorrelatedMessage = (body: Uint8Array, other: string): Uint8Array => {
  const bundle: { entry?: { resource?: { response?: { identifier?: string } } }[] } = JSON.parse(
    Buffer.from(body).toString('utf8'),
  );
  const response = bundle.entry?.[0]?.resource?.response;
  if (response === undefined) return body;
  response.identifier = other;
  return Buffer.from(JSON.stringify(bundle));
};
