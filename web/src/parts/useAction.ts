import { useCallback, useLayoutEffect, useRef, useState } from "react";

/**
 * What a button does: once at a time, however often it is pressed. `working` is true from the press on, `problem` is
 * what went wrong with it, until the next press.
 */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<unknown>) {
  const busy = useRef(false);
  const newest = useRef(work);
  useLayoutEffect(() => { newest.current = work; });
  const [state, setState] = useState<{ working: boolean; problem?: unknown }>({ working: false });
  const run = useCallback(async (...args: A) => {
    if (busy.current) return;
    busy.current = true;
    setState({ working: true });
    try {
      await newest.current(...args);
      setState({ working: false });
    } catch (problem) {
      setState({ working: false, problem });
    } finally {
      busy.current = false;
    }
  }, []);
  const forget = useCallback(() => setState({ working: false }), []);
  return { ...state, run, forget };
}
