import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, ProgressBar, Skeleton, SkeletonItem, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled } from "@fluentui/react-icons/svg/checkmark-circle";
import { useState, type ReactNode } from "react";
import { Filled } from "../../parts/Filled";
import { LinkButton } from "../../parts/LinkButton";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { later } from "../../parts/later";
import { useMe } from "../../shell/me";
import { count, say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { texts } from "../../texts/start";
import { healthOf } from "../customers/health";
import { HealthBadge } from "../customers/HealthBadge";
import { useCardStyles } from "../styles";
import { leading, names, stepsOf, techniciansOf, type Facts, type Step } from "./steps";
import { useFacts } from "./useFacts";

const AddCustomer = later(() => import("../customers/AddCustomer").then((m) => m.AddCustomer));
const Invite = later(() => import("../people/Invite").then((m) => m.Invite));

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  step: { display: "flex", gap: tokens.spacingHorizontalL, padding: tokens.spacingHorizontalL, backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2, outline: "2px solid transparent" },
  now: { outline: `2px solid ${tokens.colorCompoundBrandStroke}` },
  mark: { flexShrink: 0, width: "32px", height: "32px", display: "flex", alignItems: "center", justifyContent: "center", borderRadius: tokens.borderRadiusCircular, backgroundColor: tokens.colorNeutralBackground3, color: tokens.colorNeutralForeground2, fontWeight: tokens.fontWeightSemibold },
  markDone: { backgroundColor: "transparent", color: tokens.colorPaletteGreenForeground1, fontSize: "28px" },
  markNow: { backgroundColor: tokens.colorBrandBackground, color: tokens.colorNeutralForegroundOnBrand },
  words: { flexGrow: 1, minWidth: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, overflowWrap: "anywhere" },
  act: { display: "flex", marginTop: tokens.spacingVerticalXS, ":empty": { display: "none" } },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400, paddingBlock: "5px", fontWeight: tokens.fontWeightSemibold },
});

/** From nothing to the first grant that works; what is done is asked of the API and stands nowhere else. */
export function Start() {
  const me = useMe();
  const { facts, error, again } = useFacts();
  return (
    <Page title={texts.title} about={texts.about}>
      {error !== null && <ProblemBox of={error} retry={again} />}
      {!facts && error === null && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {facts && <Checklist facts={facts} steps={stepsOf(facts, me.id)} me={me.id} />}
    </Page>
  );
}

function Checklist({ facts, steps, me }: { facts: Facts; steps: readonly Step[]; me: string }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const [doing, setDoing] = useState<"customer" | "technician">();
  const done = steps.filter(({ state }) => state === "done").length;
  const close = () => setDoing(undefined);
  return (
    <>
      <div>
        <p className={cards.line} role="status">{say(texts.doneOf, { done, all: names.length })}</p>
        <ProgressBar value={done} max={names.length} thickness="large" color={done === names.length ? "success" : "brand"} aria-label={texts.title} />
      </div>
      {done === names.length && (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody><MessageBarTitle>{texts.complete}</MessageBarTitle>{texts.completeHelp}</MessageBarBody>
          <MessageBarActions><LinkButton to="/admin/import/$list" params={{ list: "customers" }}>{texts.importLists}</LinkButton></MessageBarActions>
        </MessageBar>
      )}
      <ol className={styles.list} aria-label={texts.steps}>
        {steps.map(({ name, state }, i) => (
          <li key={name} className={mergeClasses(styles.step, state === "now" && styles.now)} data-start={name} data-step={state} aria-current={state === "now" ? "step" : undefined}>
            <span className={mergeClasses(styles.mark, state === "done" && styles.markDone, state === "now" && styles.markNow)} aria-hidden>{state === "done" ? <CheckmarkCircleFilled /> : i + 1}</span>
            <div className={styles.words}>
              <h2 className={styles.title}>{texts[name]}{state === "done" && <span className="unseen">: {shell.stepDone}</span>}</h2>
              <Words name={name} done={state === "done"} facts={facts} me={me} />
              {(state !== "done" || name === "passkey") && <div className={styles.act}><Act name={name} primary={state === "now"} facts={facts} me={me} open={setDoing} /></div>}
            </div>
          </li>
        ))}
      </ol>
      {doing === "customer" && <AddCustomer close={close} />}
      {doing === "technician" && <Invite close={close} />}
    </>
  );
}

type Props = { name: Step["name"]; facts: Facts; me: string };

/** What there is to know about a step: what it is for, or what was found. */
function Words({ name, done, facts, me }: Props & { done: boolean }) {
  const cards = useCardStyles();
  const customer = leading(facts.customers);
  const technicians = techniciansOf(facts, me);
  const nameOf = (it?: { name: string }) => ({ name: <Name of={it?.name ?? ""} /> });
  const found: Record<Step["name"], ReactNode> = {
    passkey: <>{count(texts.passkeyDone, facts.passkeys)} {facts.passkeys === 1 && texts.passkeyHelp}</>,
    customer: count(texts.customerDone, facts.customers.length),
    connection: <Filled text={texts.connectionDone} values={nameOf(customer)} />,
    preflight: <Filled text={texts.preflightDone} values={nameOf(customer)} />,
    profile: count(texts.profileDone, facts.profiles.filter((p) => !p.retired).length),
    technician: <Filled text={texts.technicianDone} values={nameOf(technicians[0])} />,
    enrolled: <Filled text={texts.enrolledDone} values={nameOf(technicians.find((p) => facts.enrolled.has(p.id)))} />,
    entitled: texts.entitledDone,
    grant: texts.grantDone,
  };
  if (done) return <p className={cards.dim}>{found[name]}</p>;
  const waits = name === "enrolled" && technicians.length > 0;
  return (
    <>
      <p className={cards.line}>{texts[`${name}Help`]}</p>
      {waits && <p className={cards.dim}><Filled text={texts.enrolledWaiting} values={nameOf(technicians[0])} /></p>}
      {name === "preflight" && customer?.connection === "connected" && <div><HealthBadge of={healthOf(customer)} /></div>}
    </>
  );
}

/** What leads on. A step whose turn has not come may be taken all the same, where that is possible. */
function Act({ name, primary, facts, me, open }: Props & { primary: boolean; open: (what: "customer" | "technician") => void }) {
  const appearance = primary ? "primary" : "secondary";
  const customer = leading(facts.customers);
  const technician = techniciansOf(facts, me)[0];
  switch (name) {
    case "passkey":
      return <LinkButton appearance={appearance} to="/passkeys">{texts.passkeyAct}</LinkButton>;
    case "customer":
      return <Button appearance={appearance} onClick={() => open("customer")}>{texts.customerAct}</Button>;
    case "connection":
      return customer && <LinkButton appearance={appearance} to="/admin/customers/$id/connection" params={{ id: customer.id }}><span><Filled text={texts.connectionAct} values={{ name: <Name of={customer.name} /> }} /></span></LinkButton>;
    case "preflight":
      return customer?.connection === "connected" && <LinkButton appearance={appearance} to="/admin/customers/$id/preflight" params={{ id: customer.id }}>{texts.preflightAct}</LinkButton>;
    case "profile":
      return <LinkButton appearance={appearance} to="/admin/profiles/new">{texts.profileAct}</LinkButton>;
    case "technician":
      return <Button appearance={appearance} onClick={() => open("technician")}>{texts.technicianAct}</Button>;
    case "enrolled":
      return technician && <LinkButton appearance={appearance} to="/admin/people/$id" params={{ id: technician.id }}><span><Filled text={texts.enrolledAct} values={{ name: <Name of={technician.name} /> }} /></span></LinkButton>;
    case "entitled":
      return customer && <LinkButton appearance={appearance} to="/admin/access">{texts.entitledAct}</LinkButton>;
    case "grant":
      return <LinkButton appearance={appearance} to="/admin">{texts.grantAct}</LinkButton>;
  }
}
