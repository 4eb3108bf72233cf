/** Types of events that may be published here, each with what of `filtering` a subscription may ask for. */
const OF_PEOPLE = [
  'nhsnumber',
  'registeredgpodscode',
  'changed_name',
  'changed_address',
  'changed_gp',
  'deathnotificationstatus',
];
const PROXY = ['patient_ods_code', 'proxy_ods_code'];

export const EVENT_TYPES: Readonly<Record<string, readonly string[]>> = {
  'pds-record-change-2': OF_PEOPLE,
  'pds-death-notification-2': OF_PEOPLE,
  'pds-change-of-gp-2': OF_PEOPLE,
  'nhs-number-change-2': OF_PEOPLE,
  'gpreg-change-gp-req-1': ['generalpractitioner', 'registrationencountercode', 'generalpractitioner_manufacturer_org'],
  'imms-vaccination-record-change-1': [
    'generalpractitioner',
    'sourceorganisation',
    'sourceapplication',
    'subjectage',
    'immunisationtype',
    'action',
  ],
  'nhshco-hc-complete-1': ['gppractice'],
  'pathology-laboratory-reporting-test-result-stored-1': ['requestingOrganisationODS'],
  'patientflags-change-1': ['flagtype', 'generalpractitioner', 'origin'],
  'pdm-resource-change-1': [],
  'vrs-proxy-role-created-1': PROXY,
  'vrs-proxy-role-changed-1': PROXY,
  'vrs-proxy-role-deleted-1': PROXY,
  // Published by the service itself every fifteen minutes, so that a subscriber can tell silence from quiet.
  'mns-test-signal-1': [],
};

export const isEventType = (type: string): boolean => Object.hasOwn(EVENT_TYPES, type);
export const TEST_SIGNAL = 'mns-test-signal-1';
