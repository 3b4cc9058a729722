import { MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import { Code } from "../../../parts/Code";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { Name } from "../../../parts/Name";
import { Steps } from "../../../parts/Steps";
import { texts } from "../../../texts/drills";
import { Fact, Facts } from "../../Facts";
import type { Drill } from "../../queries";
import { useCardStyles } from "../../styles";
import { DrillBadge } from "./DrillBadge";
import { phasesOf, type Phase } from "./phases";
import { took } from "./took";

const useStyles = makeStyles({
  walked: { listStyleType: "none", margin: `${tokens.spacingVerticalXS} 0 0`, padding: 0, color: tokens.colorNeutralForeground2, fontWeight: tokens.fontWeightRegular, fontSize: tokens.fontSizeBase200 },
  step: { display: "flex", justifyContent: "space-between", gap: tokens.spacingHorizontalM, maxWidth: "28rem" },
  took: { fontVariantNumeric: "tabular-nums", flexShrink: 0 },
});

/** The drill that is running, or the last one: its steps as they happen, and how it ended. */
export function NewestDrill({ of: d }: { of: Drill }) {
  const cards = useCardStyles();
  return (
    <section className={cards.card} aria-labelledby="newest" data-drill={d.state}>
      <div className={cards.head}><h2 id="newest" className={cards.title}>{texts.newest}</h2><DrillBadge of={d} /></div>
      {d.finding && (
        <MessageBar intent={d.state === "failed" ? "error" : "warning"} layout="multiline">
          <MessageBarBody><MessageBarTitle>{texts.why}</MessageBarTitle>{d.finding}{d.state === "switching_off" && ` ${texts.notOff}`}</MessageBarBody>
        </MessageBar>
      )}
      <div aria-live="polite">
        <Steps label={texts.steps} steps={phasesOf(d).map(({ phase, state }) => ({ name: phase, state, text: <>{texts[phase]}<Walked phase={phase} of={d} /></> }))} />
      </div>
      <Facts>
        <Fact name={texts.began}><span><Instant at={d.begun_at} />{d.begun_by && <> · <Name of={d.begun_by.name} /></>}</span></Fact>
        <Fact name={texts.profile}><Name of={d.profile.name} /></Fact>
        <Fact name={texts.roles}>{d.roles.map(({ name }) => name).join(", ")}</Fact>
        {d.user_name && <Fact name={texts.account}><Code>{d.user_name}</Code></Fact>}
        <Fact name={texts.proven}><span>{d.proof ? <Filled text={texts.proof} values={{ at: <Instant at={d.proof.read_at} /> }} /> : texts.notProven}</span></Fact>
      </Facts>
      {d.deletion === "refused" && <p className={cards.dim}>{texts.stays}</p>}
    </section>
  );
}

function Walked({ phase, of: d }: { phase: Phase; of: Drill }) {
  const styles = useStyles();
  const steps = d.steps.filter((s) => s.phase === phase);
  if (steps.length === 0) return null;
  return (
    <ol className={styles.walked}>
      {steps.map((s, i) => <li key={i} className={styles.step}><span>{s.name}</span><span className={styles.took}>{took(s.took_ms / 1000)}</span></li>)}
    </ol>
  );
}
