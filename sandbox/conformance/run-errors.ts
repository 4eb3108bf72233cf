/** A mistake in how the run was asked for: exit code 2, or 400. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A target that cannot be reached at all: exit code 3. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}
