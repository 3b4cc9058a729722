import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useLayoutEffect } from "react";
import { signIn } from "../api/passkey";
import { keys, meQuery, type Me } from "../api/queries";
import { resume, sessionOver, useSessionOver } from "../api/session";
import { ProblemBox } from "../parts/ProblemBox";
import { useAction } from "../parts/useAction";
import { texts } from "../texts/shell";
import { tabs } from "../api/tabs";

// Fluent gives the focus back to what opened a dialog. Nothing opened this one: it goes back to where the person was, which
// may be a field in another dialog.
function FocusBack() {
  useLayoutEffect(() => {
    const before = document.activeElement; // the dialog has not taken the focus yet
    return () => { setTimeout(() => { if (before instanceof HTMLElement) before.focus(); }); };
  }, []);
  return null;
}

/** Asks for the passkey in place when the session is over. Behind it everything stays as it was. */
export function SessionDialog() {
  const over = useSessionOver();
  const cache = useQueryClient();

  // Somebody else may have signed in: nothing of the person before may stay on the screen.
  const goOn = async () => {
    const before = cache.getQueryData<Me>(keys.me);
    const now = await cache.fetchQuery({ ...meQuery, staleTime: 0 });
    if (before && before.id !== now.id) location.assign("/");
    else resume();
  };
  useEffect(() => tabs.on("signed-in", () => { if (sessionOver()) void goOn().catch(() => {}); }));

  const again = useAction(async () => {
    await signIn();
    tabs.tell("signed-in");
    await goOn();
  });
  return (
    <Dialog open={over} modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{texts.sessionOver}</DialogTitle>
          <DialogContent>
            <FocusBack />
            <p>{texts.sessionOverHelp}</p>
            {again.problem !== undefined && <ProblemBox of={again.problem} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={() => location.assign("/sign-in")}>{texts.leave}</Button>
            <Button appearance="primary" disabledFocusable={again.working} onClick={again.run}>{texts.signInWithPasskey}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
