// A statement's file goes into the form as text, so that it is posted like everything else.
document.addEventListener("change", async (event) => {
  const into = event.target.dataset?.into;
  const file = into && event.target.files?.[0];
  if (file) document.getElementById(into).value = await file.text();
});
