import { Link } from "@tanstack/react-router";
import { DocumentSearchRegular } from "@fluentui/react-icons/svg/document-search";
import { Empty } from "../parts/Empty";
import { texts } from "../texts/shell";

export const NotFound = () => (
  <main><Empty level="h2" icon={<DocumentSearchRegular />} title={texts.notFound} help={texts.notFoundHelp}><Link to="/">{texts.goHome}</Link></Empty></main>
);
