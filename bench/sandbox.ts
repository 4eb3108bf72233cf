/** A sandbox of the product under test. */
export interface BenchSandbox {
  readonly id: string;
  readonly key: string;
  /** Path of the provider's FHIR base on the service. */
  readonly path: string;
}

const fetchJson = async (url: URL, init: RequestInit, expected: number): Promise<unknown> => {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.status !== expected)
    throw new Error(`${init.method} ${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text === '' ? undefined : JSON.parse(text);
};

export const createSandbox = async (service: string): Promise<BenchSandbox> => {
  const body = JSON.stringify({ pattern: 'synchronous-request-response', dialect: 'fhir-r4' });
  const created = await fetchJson(
    new URL('/api/sandboxes', service),
    { method: 'POST', headers: { 'content-type': 'application/json' }, body },
    201,
  );
  if (typeof created !== 'object' || created === null || !('id' in created) || !('key' in created))
    throw new Error('no sandbox was created');
  return {
    id: String(created.id),
    key: String(created.key),
    path: `/sandboxes/${String(created.id)}/provider/FHIR/R4`,
  };
};

const WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2];

/** The nth valid NHS number that begins with 9 (Modulus 11, NHS Data Dictionary), counted from `from`. */
export const nhsNumbers = function* (): Generator<string> {
  for (let stem = 900_100_000; ; stem += 1) {
    const sum = [...String(stem)].reduce((total, digit, index) => total + Number(digit) * (WEIGHTS[index] ?? 0), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) yield `${stem}${check}`;
  }
};

export const patient = (nhsNumber: string, n: number): object => ({
  resourceType: 'Patient',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
  active: true,
  name: [{ use: 'official', family: `Testcase${n % 997}`, given: ['Ada', 'Benchmark'], prefix: ['Dr'] }],
  telecom: [{ system: 'phone', value: `07700 900${String(n % 1000).padStart(3, '0')}`, use: 'mobile' }],
  gender: n % 2 === 0 ? 'female' : 'male',
  birthDate: `19${String(40 + (n % 60)).padStart(2, '0')}-0${1 + (n % 9)}-1${n % 10}`,
  address: [{ use: 'home', line: [`${n % 200} Invented Street`], city: 'Nowhere', postalCode: 'ZZ99 3VZ' }],
  generalPractitioner: [{ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'Y12345' } }],
});

/** Creates `count` patients by batches of 200 at four callers. */
export const fill = async (
  service: string,
  sandbox: BenchSandbox,
  numbers: Iterator<string>,
  count: number,
): Promise<void> => {
  let left = count;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      const size = Math.min(200, left);
      left -= size;
      const entry = Array.from({ length: size }, (_, index) => ({
        resource: patient(String(numbers.next().value), left + index),
        request: { method: 'POST', url: 'Patient' },
      }));
      const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
      await fetchJson(
        new URL(sandbox.path, service),
        { method: 'POST', headers: { 'content-type': 'application/fhir+json' }, body },
        200,
      );
    }
  };
  await Promise.all([caller(), caller(), caller(), caller()]);
};
