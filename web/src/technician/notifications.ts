import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useNow } from "../api/clock";
import { onStateChange } from "../api/live";
import { liveQuery, type State } from "../api/queries";
import { titleOf } from "../grants/title";
import { warningDue } from "../grants/warnings";
import { length } from "../parts/times";
import { announce } from "../shell/announce";
import { useMe } from "../shell/me";
import { useToasts } from "../shell/toasts";
import { texts as grants } from "../texts/grants";
import { say } from "../texts/say";
import { texts } from "../texts/technician";

const declined = "hourglass.no-notifications";
const available = typeof Notification !== "undefined";

/** The browser may warn of an end only if the person allows it, and may be asked only when they press something. */
export function useNotificationOffer() {
  const [open, setOpen] = useState(() => available && Notification.permission === "default" && !localStorage.getItem(declined));
  if (!open) return null;
  return {
    async accept() {
      await Notification.requestPermission();
      setOpen(false);
    },
    decline() {
      localStorage.setItem(declined, "1");
      setOpen(false);
    },
  };
}

const news: Partial<Record<State, (typeof grants)["nowActive" | "nowEnding" | "nowOff" | "nowProvisioning" | "nowWaiting"]>> = {
  awaiting_approval: grants.nowWaiting, provisioning: grants.nowProvisioning, active: grants.nowActive, ending: grants.nowEnding, ended: grants.nowOff,
};

/** Tells those who listen how one's own grants come along. */
export function useNews() {
  const me = useMe();
  useEffect(() => onStateChange((_, g) => {
    const text = news[g.state];
    if (text && g.person.id === me.id) announce(say(text, { title: titleOf(g, true) }));
  }), [me.id]);
}

/** Warns before each end of one's own access: in the page, to those who listen, and as a notification of the browser. */
export function useEndWarnings() {
  const me = useMe();
  const present = useNow();
  const toasts = useToasts();
  const { data: live } = useQuery(liveQuery);
  const told = useRef(new Set<string>());
  useEffect(() => {
    for (const g of live ?? []) {
      const due = g.person.id === me.id ? warningDue(g, present) : undefined;
      if (!due || told.current.has(due)) continue;
      told.current.add(due);
      const words = say(texts.endsSoon, { profile: g.profile.name, customer: g.customer.name, length: length(Date.parse(g.expires_at!) - present) });
      toasts.warn(words, texts.endsSoonHelp);
      announce(words);
      // The tag lets several tabs show it once.
      if (available && Notification.permission === "granted" && document.hidden) new Notification(words, { body: texts.endsSoonHelp, tag: due, icon: "/icon.svg" });
    }
  }, [live, me.id, present, toasts]);
}
