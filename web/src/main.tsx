import "./base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "./api/queries";
import { newRouter } from "./router";
import { Announcer } from "./shell/announce";
import { Theme } from "./shell/theme";
import { Toasts } from "./shell/toasts";

const queries = newQueryClient();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Theme>
      <QueryClientProvider client={queries}>
        <RouterProvider router={newRouter(queries)} />
        <Announcer />
        <Toasts />
      </QueryClientProvider>
    </Theme>
  </StrictMode>,
);
