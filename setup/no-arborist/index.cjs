// Pulumi's SDK loads Arborist, with a hundred packages that it needs, each time that a program or a provider starts: a fifth of a
// second. It uses it alone for functions that become resources, to find the packages that go with them.
exports.Arborist = class {
  constructor() {
    throw new Error(
      "A function cannot become a resource in this project: that takes npm's Arborist. " +
        "To have it, remove @npmcli/arborist from dependencies and overrides in package.json; then: npm install",
    );
  }
};
