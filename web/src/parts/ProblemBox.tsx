import { Button, Link, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import { useEffect, useRef } from "react";
import { Problem } from "../api/problem";
import { say } from "../texts/say";
import { texts } from "../texts/shell";

const useStyles = makeStyles({
  bar: { overflowWrap: "anywhere" },
  list: { margin: `${tokens.spacingVerticalXS} 0`, paddingInlineStart: tokens.spacingHorizontalXL },
  id: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, display: "block", marginTop: tokens.spacingVerticalXS },
});

/** What went wrong, what to do, and the id under which the operator finds it. It comes into view by itself. */
export function ProblemBox({ of, retry }: { of: unknown; retry?: () => void }) {
  const styles = useStyles();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { box.current?.scrollIntoView({ block: "nearest" }); }, [of]);
  const { document, requestID } = Problem.of(of);
  return (
    <MessageBar ref={box} intent="error" layout="multiline" role="alert" className={styles.bar} data-part="problem">
      <MessageBarBody>
        <MessageBarTitle>{document.title}</MessageBarTitle>
        {document.detail}
        {document.errors && document.errors.length > 0 && (
          <ul className={styles.list}>
            {document.errors.map((e, i) => <li key={i}>{e.advice}</li>)}
          </ul>
        )}
        {document.type && <> <Link inline href={document.type} target="_blank" rel="noreferrer">{texts.aboutProblem}</Link></>}
        {requestID && <span className={styles.id}>{say(texts.requestID, { id: requestID })}</span>}
      </MessageBarBody>
      {retry && <MessageBarActions><Button onClick={retry}>{texts.retry}</Button></MessageBarActions>}
    </MessageBar>
  );
}
