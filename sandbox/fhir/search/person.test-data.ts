/** One of many people, who share what people share. */
export const person = (index: number) => ({
  resourceType: 'Patient',
  id: `p${String(index).padStart(4, '0')}`,
  gender: index % 2 === 0 ? 'male' : 'female',
  identifier: [{ system: 's', value: String(index) }],
  name: [{ family: `Name${index % 7}` }],
  birthDate: `19${10 + (index % 80)}-01-01`,
});
