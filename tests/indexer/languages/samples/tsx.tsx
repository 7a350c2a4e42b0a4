import { useState, type ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
}

/** A panel that folds. */
export function Panel({ title, children }: Props) {
  const [open, setOpen] = useState<boolean>(true);
  const toggle = () => setOpen((value) => !value);
  return (
    <section className="panel">
      <Header title={title} onClick={toggle} />
      {open ? <Layout.Body>{children}</Layout.Body> : null}
    </section>
  );
}

export const Badge: React.FC<{ count: number }> = ({ count }) => <span>{count}</span>;

/** Remembers its children. */
export const Memo = memo(function Memo(props: Props) {
  return <>{props.children}</>;
});
