/** Resolves when the work is done, or so many real milliseconds have passed; rejects as the work does. */
export const within = async (work: Promise<void>, milliseconds: number): Promise<void> => {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timeout = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timeout);
  }
};
