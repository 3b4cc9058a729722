import { makeStyles, tokens } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { DocumentSearchRegular } from "@fluentui/react-icons/svg/document-search";
import { Empty } from "../parts/Empty";
import { texts } from "../texts/shell";

const useStyles = makeStyles({
  page: { minHeight: "100dvh", padding: tokens.spacingHorizontalXXL, backgroundColor: tokens.colorNeutralBackground3 },
  link: { color: tokens.colorBrandForegroundLink },
});

/** What stands at an address that is none. */
export function NotFound() {
  const styles = useStyles();
  return <main className={styles.page}><Empty level="h1" icon={<DocumentSearchRegular />} title={texts.notFound} help={texts.notFoundHelp}><Link to="/" className={styles.link}>{texts.goHome}</Link></Empty></main>;
}
