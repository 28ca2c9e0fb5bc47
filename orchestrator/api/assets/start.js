// Starts the documentation page on our own description; the outside validator is switched off.
window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
  });
});
