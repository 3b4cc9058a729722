import { Button, Spinner, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ErrorCircleFilled } from "@fluentui/react-icons/svg/error-circle";
import { InfoRegular } from "@fluentui/react-icons/svg/info";
import { OpenRegular } from "@fluentui/react-icons/svg/open";
import { WarningFilled } from "@fluentui/react-icons/svg/warning";
import type { ReactElement } from "react";
import { Filled } from "../../../parts/Filled";
import { Instant } from "../../../parts/Instant";
import { LinkButton } from "../../../parts/LinkButton";
import { Name } from "../../../parts/Name";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/preflight";
import { say } from "../../../texts/say";
import type { Customer, Finding, Preflight } from "../../queries";
import { useCardStyles } from "../../styles";
import type { AppRoleAction } from "./AppRole";
import { placeOf } from "./places";

const useStyles = makeStyles({
  group: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  heading: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  finding: { display: "flex", gap: tokens.spacingHorizontalM, padding: tokens.spacingHorizontalM, border: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: tokens.borderRadiusLarge },
  icon: { fontSize: "20px", lineHeight: 0, flexShrink: 0 },
  blocking: { color: tokens.colorStatusDangerForeground1 },
  warning: { color: tokens.colorStatusWarningForeground1 },
  info: { color: tokens.colorNeutralForeground2 },
  words: { minWidth: 0, flexGrow: 1, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, overflowWrap: "anywhere" },
  sentence: { margin: 0, fontWeight: tokens.fontWeightSemibold },
  small: { fontSize: tokens.fontSizeBase200 },
  actions: { marginTop: tokens.spacingVerticalXS },
});

const icons: Record<Finding["severity"], ReactElement> = { blocking: <ErrorCircleFilled />, warning: <WarningFilled />, info: <InfoRegular /> };
const severities = ["blocking", "warning", "info"] as const;

type Props = { customer: Customer; of: Preflight; role: AppRoleAction };

/** What was found, the worst first, each with what mends it. */
export function Findings({ customer, of: p, role }: Props) {
  const styles = useStyles();
  const cards = useCardStyles();
  return (
    <section className={cards.card} aria-labelledby="findings">
      <h2 id="findings" className={cards.title}>{texts.findings}</h2>
      {p.findings.length === 0 && <p className={cards.line}>{p.checked_at ? texts.nothing : texts.nothingYet}</p>}
      {severities.map((severity) => {
        const found = p.findings.filter((f) => f.severity === severity);
        return found.length > 0 && (
          <div key={severity} className={styles.group}>
            <h3 className={styles.heading}>{texts[`severity_${severity}`]}</h3>
            <ul className={styles.list}>
              {found.map((f) => <One key={`${f.code} ${f.subject}`} of={f} customer={customer} mayTakeRole={p.may_take_user_administrator} role={role} />)}
            </ul>
          </div>
        );
      })}
    </section>
  );
}

function One({ of: f, customer, mayTakeRole, role }: { of: Finding; customer: Customer; mayTakeRole: boolean; role: AppRoleAction }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const admin = holds(useMe(), "admin");
  const place = placeOf(f.code);
  const allow = admin && f.code === "password_reset_refused" && !mayTakeRole;
  return (
    <li className={styles.finding} data-finding={f.code}>
      <span className={mergeClasses(styles.icon, styles[f.severity])} aria-hidden>{icons[f.severity]}</span>
      <div className={styles.words}>
        <p className={styles.sentence}>{f.sentence}</p>
        {f.action && <p className={cards.line}>{f.action}</p>}
        {((f.profiles && f.profiles.length > 0) || f.since) && (
          <p className={mergeClasses(cards.dim, styles.small)}>
            {f.profiles && f.profiles.length > 0 && <><Filled text={texts.forProfiles} values={{ profiles: f.profiles.map(({ id, name }, i) => <span key={id}>{i > 0 && ", "}<Name of={name} /></span>) }} />{f.since && " · "}</>}
            {f.since && <Filled text={texts.since} values={{ at: <Instant at={f.since} /> }} />}
          </p>
        )}
        {(f.link || place || allow) && (
          <div className={mergeClasses(cards.row, styles.actions)}>
            {allow && <Button size="small" appearance="primary" icon={role.working ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={role.working} onClick={() => role.run(true)}>{texts.allowNow}</Button>}
            {place && <LinkButton size="small" to={`/admin/customers/$id/${place}`} params={{ id: customer.id }}>{place === "connection" ? texts.toConnection : texts.toSettings}</LinkButton>}
            {f.link && <Button as="a" size="small" icon={<OpenRegular />} href={f.link} target="_blank" rel="noreferrer" aria-label={say(texts.ofFinding, { what: texts.atMicrosoft, finding: f.sentence })}>{texts.atMicrosoft}</Button>}
          </div>
        )}
      </div>
    </li>
  );
}
