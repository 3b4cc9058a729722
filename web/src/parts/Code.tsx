import { makeStyles, tokens } from "@fluentui/react-components";

const useStyles = makeStyles({
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase300, overflowWrap: "anywhere", unicodeBidi: "isolate", direction: "ltr" },
});

/** Text to be copied exactly. A user name may break before its domain, so that it breaks nowhere else. */
export function Code({ children }: { children: string }) {
  const styles = useStyles();
  const [name = "", ...domain] = children.split(/(?=@)/);
  return <code className={styles.code}>{name}{domain.map((part) => <span key={part}><wbr />{part}</span>)}</code>;
}
