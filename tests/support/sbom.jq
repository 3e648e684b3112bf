# true for a CycloneDX 1.5 document as we write them, by its structure.
(.bomFormat == "CycloneDX" and .specVersion == "1.5" and .version == 1) and
(.serialNumber | test("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")) and
(.metadata.timestamp | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")) and
(.metadata.component | .type == "application" and .name == "mirrorwise" and .version != "") and
([.components[] |
	.type == "library" and (.name | length > 0) and (.version | length > 0) and
	(.scope | IN("required", "optional")) and (.licenses[0].license.id | length > 0) and
	(.purl // "pkg:deb/debian/x@1" | test("^pkg:[a-z]+/.+@.+"))] | all and length > 3) and
(([.components[]["bom-ref"]] + ["mirrorwise"]) as $refs |
	([$refs[]] | unique | length) == ($refs | length) and
	([.dependencies[] | .ref, .dependsOn[]?] - $refs | length) == 0)
