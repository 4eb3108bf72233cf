import { describe, expect, it } from 'vitest';
import type { Stage } from './stage.ts';

export const hl7Cases = (stage: () => Stage): void => {
  describe('HL7 v2 and FHIR, side by side', () => {
    it('lights up what a field became, and where an element came from', async () => {
      const { page, complaints } = await stage().open('/hl7');
      const message = page.getByRole('region', { name: 'HL7 v2 message' });
      const elements = page.getByRole('region', { name: 'FHIR resources' });
      await message.getByRole('button', { name: '19500131' }).click();
      await page.getByText('PID-7 became Patient.birthDate.').waitFor();
      expect(await elements.locator('[aria-pressed=true]').allTextContents()).toEqual(['birthDate 1950-01-31']);
      await elements.getByRole('button', { name: 'status in-progress' }).click();
      await page.getByText('Encounter.status came from MSH-9[1].2.').waitFor();
      expect(await message.locator('[aria-pressed=true]').allTextContents()).toEqual(['A01']);
      await message.getByRole('button', { name: 'EXAMPLE1' }).click();
      await page.getByText('MSH-10 became Bundle.identifier.value.').waitFor();
      await page.getByRole('cell', { name: 'the number of the segment' }).first().waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('goes the other way with what came out, and says what is lost', async () => {
      const { page } = await stage().open('/hl7');
      await page.getByRole('region', { name: 'FHIR resources' }).waitFor();
      await page.getByLabel('FHIR to HL7 v2').check();
      await page.getByRole('cell', { name: 'AllergyIntolerance.code.coding[0].code' }).waitFor();
      await page.getByRole('button', { name: 'TESTPATIENT', exact: true }).first().click();
      await page.getByText('PID-5[1].1 became Patient.name[0].family.').waitFor();
      await page.context().close();
    });

    it('says what is wrong with a message, and keeps it', async () => {
      const { page } = await stage().open('/hl7');
      await page.getByRole('region', { name: 'FHIR resources' }).waitFor();
      await page.getByRole('textbox', { name: 'HL7 v2 message' }).fill('PID|1');
      await page.getByRole('button', { name: 'Convert' }).click();
      await page.getByRole('alert').getByText('A message begins with MSH').waitFor();
      expect(await page.getByRole('textbox', { name: 'HL7 v2 message' }).inputValue()).toBe('PID|1');
      await page.context().close();
    });
  });
};
