import { makeStyles, tokens } from "@fluentui/react-components";
import { ShieldCheckmarkFilled } from "@fluentui/react-icons/svg/shield-checkmark";
import type { Grant } from "../api/queries";
import { Filled } from "../parts/Filled";
import { Instant } from "../parts/Instant";
import { say } from "../texts/say";
import { texts } from "../texts/grants";

const useStyles = makeStyles({
  proof: { display: "flex", gap: tokens.spacingHorizontalM, color: tokens.colorNeutralForeground2 },
  icon: { fontSize: "24px", lineHeight: 0, color: tokens.colorPaletteGreenForeground1, flexShrink: 0 },
  title: { margin: 0, color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold },
  found: { margin: 0 },
});

/** The proof that the account is off (proof-of-off), or that it was never on. */
export function ProofList({ grant }: { grant: Grant }) {
  const styles = useStyles();
  const { proof } = grant;
  if (!proof) return <p className={styles.found}>{texts.neverOn}</p>;
  const found = [
    texts.proofDisabled,
    proof.removed_roles ? say(texts.proofRolesRemoved, { n: proof.removed_roles }) : texts.proofRoles,
    proof.removed_methods ? say(texts.proofMethodsRemoved, { n: proof.removed_methods }) : texts.proofMethods,
    texts.proofSessions,
    ...(proof.no_password ? [texts.proofNoPassword] : []),
  ];
  return (
    <div className={styles.proof}>
      <span className={styles.icon} aria-hidden><ShieldCheckmarkFilled /></span>
      <div>
        <p className={styles.title}><Filled text={texts.proofTitle} values={{ at: <Instant at={proof.read_at} /> }} /></p>
        <p className={styles.found}><span className="unseen">{texts.proofIntro} </span>{found.join(", ")}</p>
      </div>
    </div>
  );
}
