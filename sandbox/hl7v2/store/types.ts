/** The types of message that are mapped and stored; whatever else comes is AR (200, 201), and kept in the journal. */
export const STORED_TYPES = [
  ...['A01', 'A02', 'A03', 'A04', 'A05', 'A08', 'A11', 'A12', 'A13', 'A28', 'A31', 'A40'].map(
    (event) => `ADT^${event}`,
  ),
  'ORU^R01',
  ...['I12', 'I13', 'I14'].map((event) => `REF^${event}`),
  ...Array.from({ length: 13 }, (_, index) => `SIU^S${12 + index}`),
  'SIU^S26',
  'MDM^T02',
  'ORM^O01',
  'OML^O21',
  'VXU^V04',
];
