//! What generated programs are made of, and how often.
//!
//! A program's features are read off its trees, so a feature that the
//! generator no longer reaches shows as a count of zero.

macro_rules! features {
    ($($variant:ident = $text:literal,)*) => {
        /// Something that a program can contain.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature { $(#[doc = $text] $variant,)* }

        /// Every feature that generated programs reach (with Go 1.27).
        pub const FEATURES: &[Feature] = &[$(Feature::$variant,)*];

        impl Feature {
            /// What it is, in a few words.
            #[must_use]
            pub fn describe(self) -> &'static str {
                match self { $(Feature::$variant => $text,)* }
            }
        }
    };
}

features! {
    GenericType = "a generic defined type",
    GenericAlias = "a generic alias",
    GenericFunction = "a generic function",
    GenericMethod = "a method with type parameters of its own",
    Alias = "an alias without type parameters",
    Definition = "a type defined by another declared type",
    LocalType = "a type declared in a function",
    StructType = "a struct",
    PointerType = "a defined pointer type",
    SliceType = "a defined slice type",
    ArrayType = "a defined array type",
    MapType = "a defined map type",
    ChanType = "a defined channel type",
    FuncType = "a defined function type",
    InterfaceType = "a defined interface",
    ConstraintType = "an interface with a type set",
    EmbeddedField = "an embedded field",
    EmbeddedPointer = "a field embedded through a pointer",
    EmbeddedForeign = "an embedded type of another package",
    EmbeddedInstance = "an embedded instance",
    EmbeddedAlias = "an embedded field whose type is an alias",
    EmbeddedInterface = "an interface embedded in an interface",
    EmbeddedInterfaceAlias = "an alias embedded in an interface",
    RecursiveType = "a type that refers to itself",
    RecursivePointer = "a type that refers to itself through a pointer",
    RecursiveSlice = "a type that refers to itself through a slice",
    RecursiveMap = "a type that refers to itself through a map",
    RecursiveChan = "a type that refers to itself through a channel",
    RecursiveFunc = "a type that refers to itself through a function",
    RecursiveInterface = "a type that refers to itself through an interface's method",
    RecursiveArgument = "a type that refers to itself as a type argument",
    RecursiveGenericInterface = "a generic interface whose methods mention its instances",
    MutualRecursion = "two types that refer to each other",
    Union = "a union of terms",
    Tilde = "a term with ~",
    Comparable = "the constraint comparable",
    CoreConstraint = "a constraint with another parameter in its type set",
    SelfConstraint = "a constraint with a method on the parameter itself",
    PointerConstraint = "a constraint with a pointer to another parameter and methods",
    RecursiveConstraint = "type C[T C[T]]",
    GenericConstraint = "an instance as a constraint",
    AliasInSignature = "a generic alias's instance in a method's signature",
    AliasInConstraint = "a generic alias's instance as a constraint",
    AliasInField = "a generic alias's instance in a field",
    PointerReceiver = "a method with a pointer receiver",
    ValueReceiver = "a method with a value receiver",
    AliasReceiver = "a method on an alias",
    RenamedReceiver = "receiver type parameters with other names",
    InstanceInSignature = "an instance in a method's signature",
    InstanceBehindPointer = "a pointer to an instance in a type",
    NestedInstance = "an instance of an instance",
    SubstitutedInstance = "an instance that only substitution makes",
    InstantiationCycle = "an instantiation cycle through a method, which is ill-typed",
    ManyInstances = "three or more instances of one type",
    InterfaceInGeneric = "an interface literal in a generic declaration",
    Variadic = "a variadic parameter",
    MultipleResults = "a function with two results",
    SendChannel = "a send-only channel",
    ReceiveChannel = "a receive-only channel",
    ConstantLength = "an array as long as a constant",
    SizeofLength = "an array as long as unsafe.Sizeof says",
    DotImport = "a dot import",
    RenamedImport = "an import under another name",
    TwoFiles = "a package of two files",
    Diamond = "a package with two importers",
    ImportChain = "a package that imports an importer",
    Hidden = "a field or type that is not exported",
    Inference = "a call of a generic function without type arguments",
    Instantiation = "a call with type arguments",
    PartialInstantiation = "a call with some of its type arguments",
    ReverseInference = "a generic function assigned to a function's type",
    LongSelector = "three selectors or calls in a row",
    BlankAssignment = "a value assigned to an interface by var _",
    MethodExpression = "a method expression",
    TypeAssertion = "a type assertion",
    TypeSwitch = "a type switch",
    Closure = "a function literal",
    Labels = "a labelled loop",
    Goto = "a goto",
    RangeInteger = "a range over an integer",
    RangeFunction = "a range over a function",
    RangeValue = "a range over a value with two variables",
    Select = "a select",
    Go = "a go statement",
    Defer = "a defer statement",
    Switch = "an expression switch",
    Append = "append",
    Initialization = "a variable initialised by one that is declared later",
    InitializationThroughFunction = "a variable initialised by a function that uses another",
    Iota = "constants by iota",
    StructTag = "a struct's field with a tag",
}
