import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Providers } from "@/components/page/providers";

/** Shows a component with what every page has around it. */
export const show = (content: ReactNode) => render(<Providers>{content}</Providers>);
