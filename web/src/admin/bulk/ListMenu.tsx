import { Button, Menu, MenuItemLink, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons/svg/arrow-download";
import { ArrowUploadRegular } from "@fluentui/react-icons/svg/arrow-upload";
import { DocumentArrowUpRegular } from "@fluentui/react-icons/svg/document-arrow-up";
import { useNavigate } from "@tanstack/react-router";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/bulk";
import type { BulkList } from "../queries";

/** A list out as CSV, and in again. */
export function ListMenu({ list }: { list: BulkList }) {
  const navigate = useNavigate();
  const admin = holds(useMe(), "admin");
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement><Button icon={<DocumentArrowUpRegular />}>{texts.menu}</Button></MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItemLink icon={<ArrowDownloadRegular />} href={`/api/v1/bulk/${list}`} download>{texts.exportCSV}</MenuItemLink>
          {admin && (
            <MenuItemLink icon={<ArrowUploadRegular />} href={`/admin/import/${list}`} onClick={(event) => {
              event.preventDefault();
              void navigate({ to: "/admin/import/$list", params: { list } });
            }}>{texts.importCSV}</MenuItemLink>
          )}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
