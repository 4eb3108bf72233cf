import { type TestBroker, testBroker } from './broker/broker.test-data.ts';
import { testStore } from './sql/store.test-data.ts';

/** The engines that a test's service runs on, as in `Config`: new ones, or for `file` the same ones each time. */
export const testEngines = async (file?: string): Promise<TestBroker & { readonly storeUrl: string }> => {
  const storeUrl = await testStore(file);
  return { storeUrl, ...(await testBroker(storeUrl)) };
};

/** The same, as the environment of a process. */
export const testEnvironment = async (file?: string): Promise<Readonly<Record<string, string>>> => {
  const { storeUrl, brokerUrl, brokerManagementUrl } = await testEngines(file);
  return {
    STORE_URL: storeUrl,
    BROKER_URL: brokerUrl,
    ...(brokerManagementUrl === undefined ? {} : { BROKER_MANAGEMENT_URL: brokerManagementUrl }),
  };
};
