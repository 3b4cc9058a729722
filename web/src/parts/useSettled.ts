import { useEffect, useState } from "react";

/** A value once it has not changed for so many ms: what is typed is asked for when the fingers rest, not at each key. */
export function useSettled<T>(value: T, ms = 200): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
