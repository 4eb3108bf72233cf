const NHS = /(^|\.)(nhs\.uk|nhs\.net|nhs\.scot|nhs\.wales|hscni\.net|hscic\.gov\.uk)$/;

/**
 * What NHS England names as environments for testing; anything else below the NHS's domains may be live, whatever its name
 * seems to say. The API platform (sandbox, int, and what stands before they are open); Spine's messaging; MESH, whose
 * specification lists msg.intspineservices.nhs.uk as Integration and *.national.ncrs and *.spineservices as Production.
 */
const FOR_TESTING: readonly RegExp[] = [
  /(^|\.)((internal-)?(sandbox|int|ref|dep|dev|qa)(-sandbox)?|veit07)\.api\.service\.nhs\.uk$/,
  /(^|\.)(int|dev|dep|ref|train)\.spine2\.ncrs\.nhs\.uk$/,
  /(^|\.)(int|dev|dep)spineservices\.nhs\.uk$/,
  /(^|\.)opentest\.hscic\.gov\.uk$/,
];

/** Whether a host may be that of a live NHS service, which is never driven unless the person who starts the run says so. */
export const isLiveNhsHost = (host: string): boolean => {
  const name = host.toLowerCase().replace(/\.+$/, '');
  return NHS.test(name) && !FOR_TESTING.some((one) => one.test(name));
};

/** For whoever has not said so; `they` is what is sent there. */
export const liveHostWords = (host: string, they: string): string =>
  `${host} is a live NHS host, or may be one. ${they} If you are entitled to do that, say so with --allow-live (allowLive over the API)`;
