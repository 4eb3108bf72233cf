/** Code systems and extensions of UK Core and PDS that the seeded records use. */
const UK_CORE = 'https://fhir.hl7.org.uk';

export const ODS_CODE = 'https://fhir.nhs.uk/Id/ods-organization-code';
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const VERIFICATION_STATUS = `${UK_CORE}/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus`;
export const VERIFICATION_STATUS_CODES = `${UK_CORE}/CodeSystem/UKCore-NHSNumberVerificationStatus`;
export const DEATH_NOTIFICATION = `${UK_CORE}/StructureDefinition/Extension-UKCore-DeathNotificationStatus`;
export const DEATH_NOTIFICATION_CODES = `${UK_CORE}/CodeSystem/UKCore-DeathNotificationStatus`;
export const COMMUNICATION = `${UK_CORE}/StructureDefinition/Extension-UKCore-NHSCommunication`;
export const LANGUAGE_CODES = `${UK_CORE}/CodeSystem/UKCore-HumanLanguage`;
export const RELATIONSHIP_CODES = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

/** meta.security of a person's record, as PDS marks it. */
export type Confidentiality = 'U' | 'R' | 'V' | 'REDACTED';
const DISPLAY: Readonly<Record<Confidentiality, string>> = {
  U: 'unrestricted',
  R: 'restricted',
  V: 'very restricted',
  REDACTED: 'redacted',
};
export const confidentiality = (code: Confidentiality): fhir4.Coding => ({
  system: CONFIDENTIALITY,
  code,
  display: DISPLAY[code],
});
