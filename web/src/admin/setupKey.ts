/** Everything that an admin sets up is kept under this name, so that one change can have all of it read again. */
export const setupKey = ["setup"] as const;
