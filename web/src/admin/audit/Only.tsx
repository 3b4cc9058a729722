import { Tag, TagGroup } from "@fluentui/react-components";
import { say } from "../../texts/say";
import { texts } from "../../texts/audit";
import type { AuditSearch } from "../queries";

/** What the log is narrowed to that no field shows. */
export function Only({ search, person, change }: { search: AuditSearch; person?: string; change: (part: AuditSearch) => void }) {
  return (
    <TagGroup onDismiss={(_, { value }) => change({ [value]: undefined })}>
      {search.person_id && <Tag dismissible value="person_id">{say(texts.only, { what: texts.person, name: person ?? search.person_id })}</Tag>}
      {search.grant_id && <Tag dismissible value="grant_id">{say(texts.only, { what: texts.grant, name: search.grant_id })}</Tag>}
    </TagGroup>
  );
}
