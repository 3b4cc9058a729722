import { useState } from "react";

/**
 * What a person is changing, beside what the server has. The fields follow the server until the first of them is
 * touched; from then on nobody's newer version takes them away, it is `outdated` that says that there is one.
 */
export function useDraft<S extends { revision: number }, D>(newest: S, fieldsOf: (from: S) => D) {
  const [base, setBase] = useState(newest);
  const [fields, setFields] = useState(() => fieldsOf(newest));
  const changed = JSON.stringify(fields) !== JSON.stringify(fieldsOf(base));
  const take = (from: S) => {
    setBase(from);
    setFields(fieldsOf(from));
  };
  const newer = newest.revision > base.revision;
  if (newer && !changed) take(newest);
  return {
    /** What the change is made to. */
    base,
    fields,
    changed,
    outdated: newer && changed,
    set: (part: Partial<D>) => setFields((before) => ({ ...before, ...part })),
    /** Begins anew from this version. */
    take,
    discard: () => take(newest),
  };
}
