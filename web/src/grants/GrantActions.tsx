import { Button, Field, Input, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, Spinner, makeStyles, tokens, useRestoreFocusTarget } from "@fluentui/react-components";
import { OpenRegular } from "@fluentui/react-icons/svg/open";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useRef, useState } from "react";
import { now } from "../api/clock";
import { api, body } from "../api/client";
import { launch, useExtension, type Destination, type LaunchRefusal } from "../api/extension";
import { newIntent } from "../api/intent";
import { takeGrant } from "../api/live";
import type { Grant } from "../api/queries";
import type { components } from "../api/schema.gen";
import { ProblemBox } from "../parts/ProblemBox";
import { shortInstant, span } from "../parts/times";
import { useAction } from "../parts/useAction";
import { useMe } from "../shell/me";
import { say } from "../texts/say";
import { texts } from "../texts/grants";
import { extensions, permitted } from "./permitted";
import { titleOf } from "./title";

const CredentialDialog = lazy(() => import("./CredentialDialog").then((m) => ({ default: m.CredentialDialog })));

const Places = lazy(() => import("./ByExtension").then((m) => ({ default: m.Places })));
const Refused = lazy(() => import("./ByExtension").then((m) => ({ default: m.Refused })));

const useStyles = makeStyles({
  all: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS, "& > button": { minWidth: 0 } },
});

const shownFor = { plain: 60_000, guided: 180_000 }; // ms; who signs in beside it needs longer

type Credential = components["schemas"]["Credential"];

/** The buttons of a grant: those that may be pressed, and what became of pressing them. */
export function GrantActions({ grant: g }: { grant: Grant }) {
  const styles = useStyles();
  const cache = useQueryClient();
  const me = useMe();
  const acts = permitted(me, g);
  const title = titleOf(g, me.id === g.person.id);
  const [comment, setComment] = useState("");
  const [shown, setShown] = useState<{ credential: Credential; guided: boolean; until: number }>();
  const [doing, setDoing] = useState("");
  const extension = useExtension();
  const [refused, setRefused] = useState<LaunchRefusal>();
  const intent = useRef(newIntent());
  const focusAfterwards = useRestoreFocusTarget();

  const path = { params: { path: { id: g.id } } };
  const act = useAction(async (name: string, work: () => Promise<unknown>) => {
    setDoing(name);
    try {
      await work();
    } finally {
      setDoing("");
    }
  });
  const change = (answer: Promise<{ data?: Grant }>) => body(answer).then((newer) => takeGrant(cache, newer));
  const reveal = (guided: boolean) => async () => {
    const credential = await body(api.POST("/api/v1/grants/{id}/credential", path));
    setShown({ credential, guided, until: now() + (guided ? shownFor.guided : shownFor.plain) });
  };
  // Nothing is awaited before the extension is asked: it wants to be asked within a press.
  const byExtension = (to: Destination) => () => {
    setRefused(undefined);
    return launch(g.id, to).then(setRefused);
  };
  const extend = (until: number) => () => {
    const wanted = { expires_at: new Date(until).toISOString() };
    return intent.current(wanted, (key) => change(api.POST("/api/v1/grants/{id}/extend", { params: { ...path.params, header: { "Idempotency-Key": key } }, body: wanted })));
  };

  if (acts.length === 0 && act.problem === undefined) return null;
  const may = (name: (typeof acts)[number]) => acts.includes(name);
  const button = (name: string, text: string, work: () => Promise<unknown>, more: { primary?: boolean; icon?: React.ReactElement } = {}) => (
    <Button {...focusAfterwards} appearance={more.primary ? "primary" : "secondary"} icon={doing === name ? <Spinner size="extra-tiny" /> : more.icon} aria-label={say(texts.doTo, { what: text, title })}
      disabledFocusable={act.working} onClick={() => act.run(name, work)}>{text}</Button>
  );
  return (
    <div className={styles.all}>
      {act.problem !== undefined && <ProblemBox of={act.problem} />}
      {refused && may("open") && <Suspense><Refused why={refused} disabled={act.working} byHand={() => {
        setRefused(undefined);
        void act.run("open", reveal(true));
      }} /></Suspense>}
      {may("approve") && <Field label={texts.comment}><Input value={comment} maxLength={500} onChange={(_, { value }) => setComment(value)} /></Field>}
      <div className={styles.row}>
        {may("open") && button("open", texts.open, extension ? byExtension("entra") : reveal(true), { primary: true, icon: <OpenRegular /> })}
        {may("open") && extension && <Suspense><Places title={title} disabled={act.working} open={(to) => void act.run("open", byExtension(to))} /></Suspense>}
        {may("show") && button("show", texts.showCredential, reveal(false))}
        {may("extend") && (
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <Button icon={doing === "extend" ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={act.working} aria-label={say(texts.doTo, { what: texts.extend, title })}>{texts.extend}</Button>
            </MenuTrigger>
            <MenuPopover>
              <MenuList>
                {extensions(g).map(({ until, by }) => (
                  <MenuItem key={until} onClick={() => act.run("extend", extend(until))}>
                    {by ? say(texts.extendBy, { length: span(by / 1000), at: shortInstant(new Date(until), new Date(now())) })
                      : say(texts.extendToEnd, { at: shortInstant(new Date(until), new Date(now())) })}
                  </MenuItem>
                ))}
              </MenuList>
            </MenuPopover>
          </Menu>
        )}
        {may("return") && button("return", texts.endNow, () => change(api.POST("/api/v1/grants/{id}/return", path)))}
        {may("withdraw") && button("withdraw", texts.withdraw, () => change(api.POST("/api/v1/grants/{id}/return", path)))}
        {may("approve") && button("approve", texts.approve, () => change(api.POST("/api/v1/grants/{id}/approve", { ...path, body: { comment } })), { primary: true })}
        {may("deny") && button("deny", texts.deny, () => change(api.POST("/api/v1/grants/{id}/deny", { ...path, body: { comment } })))}
        {may("revoke") && button("revoke", texts.revoke, () => change(api.POST("/api/v1/grants/{id}/revoke", { ...path, body: {} })))}
      </div>
      {shown && (
        <Suspense fallback={null}>
          <CredentialDialog grant={g} credential={shown.credential} guided={shown.guided} until={shown.until} again={reveal(shown.guided)} hide={() => setShown(undefined)} />
        </Suspense>
      )}
    </div>
  );
}
