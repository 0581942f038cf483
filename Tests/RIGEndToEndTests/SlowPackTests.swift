import XCTest

/// A pack that never comes back from its import or its description, beside good ones.
final class SlowPackTests: XCTestCase {
    private static func bench() throws -> Workbench {
        try Workbench.mounting([
            ("good", Workbench.pythonEcho),
            ("import", Workbench.fixture("python", "hang-on-import")),
            ("describe", Workbench.fixture("node", "hang-on-describe")),
        ])
    }

    func testACallStartsThePackOfItsToolAndNoOther() throws {
        let maker = try Workbench()
        let loud = try maker.makePack("python", "loud", tools: Workbench.tool())
        try maker.write("raise SystemExit('imported')\n", to: "packs/python-loud/made.py")
        let bench = try Workbench.mounting([("good", Workbench.pythonEcho), ("loud", loud)])
        let outcome = try bench.rig(
            ["call", "good.say", #"{"text": "here"}"#], environment: ["RIG_LOG": "debug"])
        XCTAssertEqual(outcome.status, 0, outcome.err)
        XCTAssertFalse(outcome.err.contains("imported"), outcome.err)
        // The words would be seen if it were started.
        let started = try bench.rig(["call", "loud.go"], environment: ["RIG_LOG": "debug"])
        XCTAssertEqual(started.status, 1)
        XCTAssertTrue(started.err.contains("imported"), started.err)
        XCTAssertTrue(started.err.contains("the pack is not mounted"), started.err)
    }

    func testListShowsWhatIsThereAndNamesWhatIsStillLoading() throws {
        let bench = try Self.bench()
        let list = try bench.rig(["list", "--wait", "3s"])
        XCTAssertEqual(list.status, 0, list.err)
        XCTAssertTrue(list.out.contains("good.say"), list.out)
        for name in ["import", "describe"] {
            XCTAssertTrue(list.err.contains("rig: pack \(name): "), list.err)
        }
        XCTAssertTrue(list.err.contains("still loading after 3000 ms"), list.err)
        XCTAssertEqual(NamedProcess.standing(in: bench.folder), [])

        let packs = try bench.rig(["packs", "--wait", "3s", "--json"]).json()
        let states = (packs["packs"] as? [[String: Any]] ?? []).map {
            "\($0["namespace"] ?? "") \($0["state"] ?? "")"
        }
        XCTAssertEqual(
            Set(states), ["good serving", "import loading", "describe loading"])
    }

    func testAToolOfNoPackIsAnsweredWithTheNamesOfThoseThatAreThere() throws {
        let bench = try Self.bench()
        let outcome = try bench.rig(["call", "god.say", "{}", "--json"])
        XCTAssertEqual(outcome.status, 1)
        XCTAssertTrue(outcome.out.contains("good.say"), outcome.out)
    }

    func testAWaitThatIsNoTimeIsRefused() throws {
        let bench = try Self.bench()
        for text in ["soon", "0s", "-1s", "5"] {
            XCTAssertEqual(try bench.rig(["list", "--wait", text]).status, 2, text)
        }
    }
}
