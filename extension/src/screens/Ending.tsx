import { useEffect, useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { length } from "../../../web/src/parts/times";
import { say } from "../../../web/src/texts/say";
import { lastLook } from "../launch/launches";
import { ask } from "../messages/ask";
import { isLive, isNearEnd } from "../portal/grants";
import { texts } from "../texts";
import { Mark, left, useMemory, useNow } from "./parts";

const grantID = new URLSearchParams(location.search).get("grant") ?? "";

/** The small window that says that access ends soon, and afterwards counts down until its tabs are closed. */
export function Ending() {
  const seen = useMemory("seen");
  const now = useNow(seen?.ahead ?? 0);
  const grant = seen?.grants.find((one) => one.id === grantID);
  const live = isLive(grant, now);
  const [overSince, setOverSince] = useState<number>();
  const remaining = overSince === undefined ? lastLook : lastLook - (now - overSince);

  useEffect(() => { if (grant && !live) setOverSince((since) => since ?? now); }, [grant, live]);
  const done = remaining <= 0;
  useEffect(() => { if (done) void closeAll(); }, [done]);
  const extended = live && !isNearEnd(grant, now);
  useEffect(() => { if (extended) window.close(); }, [extended]);

  if (!grant) return null;
  const { customer } = grant;
  return (
    <div class="ending" role="alertdialog" aria-labelledby="title">
      <div class="title"><Mark customer={customer} /><h1 id="title">{say(live ? texts.nearEnd : texts.isOver, { customer: customer.name })}</h1></div>
      {live ? <p class="left" role="timer">{say(texts.left, { left: left(grant.expires_at, now) })}</p> : null}
      <p>{live ? texts.nearEndHelp : say(texts.isOverHelp, { left: length(Math.max(0, remaining)) })}</p>
      <div class="actions">
        {live && grant.extendable && <button class="primary" onClick={() => void ask("extend", { grant: grantID }).then(closeThis)}>{texts.extend}</button>}
        {live && <button onClick={() => void ask("end", { grant: grantID }).then(closeThis)}>{texts.end}</button>}
        {live ? <button onClick={() => void closeThis()}>{texts.close}</button> : <button class="primary" onClick={() => void closeAll()}>{texts.closeNow}</button>}
      </div>
    </div>
  );
}

async function closeAll() {
  await ask("close", { grant: grantID });
  await closeThis();
}

/** Firefox lets no script close a window that no script opened. */
async function closeThis() {
  const here = await browser.tabs.getCurrent();
  if (here?.id !== undefined) await browser.tabs.remove(here.id);
}
