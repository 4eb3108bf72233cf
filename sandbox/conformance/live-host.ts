const NHS = /(^|\.)(nhs\.uk|nhs\.net|nhs\.scot|nhs\.wales|hscni\.net)$/;
/** Environments for testing that NHS England names as such on its API platform and on Spine. */
const FOR_TESTING =
  /^(sandbox|int|internal-dev|internal-qa|ref|dev|test)\.|(^|[.-])(sandbox|int|ref|dev|test|opentest)[.-]/;

/** Whether a host belongs to a live NHS service, which is never driven unless the person who starts the run says so. */
export const isLiveNhsHost = (host: string): boolean => {
  const name = host.toLowerCase().replace(/\.$/, '');
  return NHS.test(name) && !FOR_TESTING.test(name);
};
