// A list of customers with a line that is wrong is refused whole, and the line is named;
// put right it comes in, and one of them is erased again.

import { stage } from "./stage.mjs";
import { seen, signIn } from "./console.mjs";

export default stage(async (on) => {
  const { page, env } = on;
  on.allow(/422/); // what is refused is answered so
  await signIn(page, env);
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.waitForLoadState();
  const list = page.locator("dialog#import");
  const send = async (...rows) => {
    await list.getByLabel("The file").setInputFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(["phone,name", ...rows, ""].join("\n")) });
    await list.getByRole("button", { name: "Import a list" }).press("Enter");
  };
  await page.getByRole("button", { name: "Import a list" }).press("Enter");
  await list.getByText("+13125550123,Ann Kowalski").waitFor(); // how it is written
  await send("+13125550171,Ida Brandt", "12,Jo Marsh");
  await list.locator("ul.fault li").filter({ hasText: "Line 3, phone" }).waitFor();
  await on.axe(page);
  await on.shot("console-import-faulty");
  await send("+13125550171,Ida Brandt", "+13125550172,Jo Marsh");
  await page.getByText(/2 lines read/).waitFor();
  await on.axe(page);
  await on.fits(page);
  await on.shot("console-imported");

  await page.getByRole("link", { name: "Ida Brandt" }).click();
  await page.getByRole("button", { name: "Erase this customer" }).click();
  await page.getByRole("heading", { name: "Erase this customer for good?" }).waitFor();
  await page.keyboard.press("Enter"); // the button has the focus
  await page.getByText(/The customer is erased/).waitFor();
  await seen(on, "console-erased");
});
